# sqlalchemy_orm_peer.py - SQLAlchemy's sessions on psycopg2 or asyncpg:
# sqlalchemy_orm_peer.py WORKLOAD DRIVER [LOADER]
import asyncio
import gc
import os
import random
import sys

from sqlalchemy import Column, DateTime, Float, ForeignKey, Integer, String
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session, declarative_base, joinedload, relationship, selectinload

import bench

DRIVER = sys.argv[2]
LOADERS = {"select_in": selectinload, "joined": joinedload}
Base = declarative_base()


class Customer(Base):
    __tablename__ = "bench_customer"
    id = Column(Integer, primary_key=True)
    name = Column(String, nullable=False)
    description = Column(String)


class Item(Base):
    __tablename__ = "bench_item"
    id = Column(Integer, primary_key=True)
    name = Column(String, nullable=False)
    description = Column(String)
    quantity = Column(Integer, nullable=False)
    price = Column(Float, nullable=False)
    created_at = Column(DateTime(timezone=True), nullable=False)


class Parent(Base):
    __tablename__ = "bench_parent"
    id = Column(Integer, primary_key=True)
    name = Column(String, nullable=False)
    children = relationship("Child", back_populates="parent")


class Child(Base):
    __tablename__ = "bench_child"
    id = Column(Integer, primary_key=True)
    parent_id = Column(Integer, ForeignKey("bench_parent.id"), nullable=False)
    title = Column(String, nullable=False)
    pages = Column(Integer, nullable=False)
    price = Column(Float, nullable=False)
    parent = relationship("Parent", back_populates="children")


def url():
    user, database = os.environ["PGUSER"], os.environ["PGDATABASE"]
    host, port = os.environ["PGHOST"], os.environ["PGPORT"]
    return f"postgresql+{DRIVER}://{user}@/{database}?host={host}&port={port}"


# Runs `work` with a fresh session of either driver.
def opener():
    if DRIVER == "psycopg2":
        engine = create_engine(url(), future=True)

        async def with_session(work):
            with Session(engine) as session:
                return work(session)

        return with_session
    from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

    async_engine = create_async_engine(url())

    async def with_async_session(work):
        async with AsyncSession(async_engine) as session:
            return await session.run_sync(work)

    return with_async_session


async def insert_objects(with_session):
    def empty(session):
        session.execute(text("truncate bench_customer restart identity"))
        session.commit()

    rows = bench.customers(10000)

    def insert(session):
        session.add_all(Customer(**row) for row in rows)
        session.commit()
        return len(rows)

    await with_session(empty)
    watch = bench.start()
    bench.report(watch, await with_session(insert))


async def get_objects(with_session):
    def get(session):
        assert session.get(Item, random.randint(1, 10000)).quantity is not None

    async def work():
        for _ in range(16):
            await with_session(get)
        return 16

    await bench.measure(work)


async def select_objects(with_session):
    def some(session):
        session.execute(select(Item).limit(1)).scalars().all()

    def every(session):
        return len(session.execute(select(Item)).scalars().all())

    def held(session):
        items = session.execute(select(Item)).scalars().all()
        bench.report_memory("peak_kb", "VmHWM")
        return items

    await with_session(some)
    gc.collect()
    bench.report_memory("start_kb", "VmRSS")
    assert len(await with_session(held)) == 10000
    await bench.measure(lambda: with_session(every))


async def update_objects(with_session):
    def update(session):
        items = session.execute(select(Item).where(Item.id % 10 == 1)).scalars().all()
        watch = bench.start()
        for item in items:
            item.quantity = 1000 + random.randrange(1000)
        session.commit()
        bench.report(watch, len(items))

    await with_session(update)


async def eager_objects(with_session):
    option = LOADERS[sys.argv[3]](Parent.children)

    def load(session):
        parents = session.execute(select(Parent).options(option)).unique().scalars().all()
        return len(parents) + sum(len(parent.children) for parent in parents)

    await bench.measure(lambda: with_session(load))


def main():
    if DRIVER == "asyncpg":
        import uvloop

        uvloop.install()
    work = {
        work.__name__: work
        for work in [insert_objects, get_objects, select_objects, update_objects, eager_objects]
    }[sys.argv[1]]

    async def run():
        await work(opener())

    asyncio.run(run())


main()
