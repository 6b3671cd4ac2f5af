-- stranger.lua - something on a TCP port that is no PostgreSQL, says nothing, or refuses everyone.
local process = require "moonpool.process"

local stranger = {}

local SIGKILL = 9

local LISTEN = [[
use Socket; use Time::HiRes;
$SIG{PIPE} = "IGNORE";
socket(S, PF_INET, SOCK_STREAM, 0) or die; setsockopt(S, SOL_SOCKET, SO_REUSEADDR, 1);
bind(S, sockaddr_in(0, INADDR_LOOPBACK)) or die;
listen(S, 128) or die;
$| = 1; print((sockaddr_in(getsockname(S)))[0], "\n");
]]

-- Reads the startup packet, tells of it, and closes; an argument is the SQLSTATE it says first.
local REFUSE = [[
while (accept(my $c, S)) {
  sysread $c, $_, 8192; printf "attempt %.4f\n", Time::HiRes::time;
  my $fields = "SFATAL\0VFATAL\0C$ARGV[0]\0Mrefused\0\0";
  syswrite $c, pack("a N a*", "E", 4 + length $fields, $fields) if $ARGV[0]; close $c;
}]]

-- What each does with its connections; `mute` leaves them to the kernel's queue.
local MANNERS = {
  mute = "sleep 60",
  silent = "while (accept(my $c, S)) { push @kept, $c }",
  refusing = REFUSE,
  closing = "while (accept(my $c, S)) { close $c }",
  ssh = 'while (accept(my $c, S)) { syswrite $c, "SSH-2.0-OpenSSH_9.2\r\n"; push @kept, $c }',
  http = 'while (accept(my $c, S)) { sysread $c, $_, 8; '
    .. 'syswrite $c, "HTTP/1.1 400 Bad Request\r\n\r\n"; close $c }',
}

---@class spec.Stranger
---@field port integer
local Stranger = {}
Stranger.__index = Stranger

---Its port is free then.
---@async
function Stranger:stop()
  self.program:kill(SIGKILL)
  self.program:wait()
  self.program:close()
end

function Stranger:__close()
  self.program:close()
end

---@async
---@param manner "mute" | "silent" | "closing" | "refusing" | "ssh" | "http"
---@param sqlstate string?  of who is refusing
---@return spec.Stranger  to be closed
function stranger.open(manner, sqlstate)
  local program = process.open { "perl", "-e", LISTEN .. MANNERS[manner], sqlstate or "",
    stdout = "pipe" }
  local port = math.tointeger(tonumber(program:read():match "%d+"))
  return setmetatable({ port = port, program = program }, Stranger)
end

return stranger
