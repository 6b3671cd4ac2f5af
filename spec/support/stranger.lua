-- stranger.lua - something on a TCP port that is no PostgreSQL, or says nothing.
local process = require "moonpool.process"

local stranger = {}

local LISTEN = [[
use Socket;
$SIG{PIPE} = "IGNORE";
socket(S, PF_INET, SOCK_STREAM, 0) or die; bind(S, sockaddr_in(0, INADDR_LOOPBACK)) or die;
listen(S, 16) or die;
$| = 1; print((sockaddr_in(getsockname(S)))[0], "\n");
]]

-- What each does with its connections; `mute` leaves them to the kernel's queue.
local MANNERS = {
  mute = "sleep 60",
  silent = "while (accept(my $c, S)) { push @kept, $c }",
  closing = "while (accept(my $c, S)) { close $c }",
  ssh = 'while (accept(my $c, S)) { syswrite $c, "SSH-2.0-OpenSSH_9.2\r\n"; push @kept, $c }',
  http = 'while (accept(my $c, S)) { sysread $c, $_, 8; '
    .. 'syswrite $c, "HTTP/1.1 400 Bad Request\r\n\r\n"; close $c }',
}

---@class spec.Stranger
---@field port integer

---@async
---@param manner "mute" | "silent" | "closing" | "ssh" | "http"
---@return spec.Stranger  to be closed
function stranger.open(manner)
  local program = process.open { "perl", "-e", LISTEN .. MANNERS[manner], stdout = "pipe" }
  local port = math.tointeger(tonumber(program:read():match "%d+"))
  return setmetatable({ port = port, program = program }, { __close = function(self)
    self.program:close()
  end })
end

return stranger
