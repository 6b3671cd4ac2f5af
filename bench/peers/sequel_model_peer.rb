# sequel_model_peer.rb - Sequel's models, with sequel_pg: sequel_model_peer.rb WORKLOAD
require_relative "bench"

Sequel::Model.db = DB

class Item < Sequel::Model(:bench_item)
end

class Child < Sequel::Model(:bench_child)
end

class Parent < Sequel::Model(:bench_parent)
  one_to_many :children, class: :Child, key: :parent_id
end

# Of its ways the quickest that gives keys back: models saved one by one take ten times as long.
def insert_objects
  DB.run "truncate bench_customer restart identity"
  rows = Array.new(10_000) { |at| { name: "customer name #{at + 1}", description: "customer description #{at + 1}" } }
  start = [now, cpu]
  keys = DB.transaction { DB[:bench_customer].multi_insert(rows, slice: 1000, return: :primary_key) }
  rows.zip(keys) { |row, key| row[:id] = key }
  report(start, rows.length)
end

def get_objects
  measure { 16.times { Item[rand(10_000) + 1].quantity or raise "an item is missing" }; 16 }
end

def select_objects
  Item.limit(1).all
  GC.start
  report_memory("start_kb", "VmRSS")
  held = Item.all
  report_memory("peak_kb", "VmHWM")
  raise "items are missing" unless held.length == 10_000
  held = nil
  measure { Item.all.length }
end

def update_objects
  items = Item.where(Sequel.lit("id % 10 = 1")).all
  start = [now, cpu]
  DB.transaction { items.each { |item| item.update(quantity: 1000 + rand(1000)) } }
  report(start, items.length)
end

def eager_objects
  measure do
    parents = Parent.eager(:children).all
    parents.length + parents.sum { |parent| parent.children.length }
  end
end

send(ARGV[0])
