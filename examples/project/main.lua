-- main.lua - makes users and pages through them.
local mp = require "moonpool"

local Users = require "repositories.user_repository"

local db <close> = mp.engine()
local users = Users:using(db)
users:create_many {
  { email = "ada@example.org", name = "Ada" },
  { email = "bob@example.org", name = "Bob" },
  { email = "eve@example.org" },
}
print(users:by_email("ADA@example.org").name, users:count())

local page = users:page { size = 2 }
while page do
  for _, user in ipairs(page.items) do
    print(user.email, user.name)
  end
  page = page.next and users:page { size = 2, after = page.next }
end
