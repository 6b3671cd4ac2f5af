-- values.lua - what decoded dates, times and intervals offer, for editors.
---@meta

---A moment, or calendar and clock without a zone. `tostring` is ISO 8601.
---@class moonpool.Timestamp
---@field year integer  negative before 1 AD
---@field month integer
---@field day integer
---@field hour integer
---@field min integer
---@field sec integer
---@field usec integer
---@operator add(moonpool.Interval): moonpool.Timestamp
---@operator sub(moonpool.Interval): moonpool.Timestamp
---@operator sub(moonpool.Timestamp): moonpool.Interval
local Timestamp = {}

---@return number  seconds since 1970-01-01
function Timestamp:epoch() end

---@return moonpool.Date
function Timestamp:date() end

---@return string
function Timestamp:iso() end

---@return boolean  whether it is a timestamptz
function Timestamp:has_offset() end

---@class moonpool.Date
---@field year integer
---@field month integer
---@field day integer
---@operator add(integer): moonpool.Date
---@operator add(moonpool.Interval): moonpool.Timestamp
---@operator sub(integer): moonpool.Date
---@operator sub(moonpool.Interval): moonpool.Timestamp
---@operator sub(moonpool.Date): integer
local Date = {}

---@return number  seconds from 1970-01-01 to its midnight in UTC
function Date:epoch() end

---@return string
function Date:iso() end

---A time of day. `tostring` is ISO 8601.
---@class moonpool.Time
---@field hour integer  24 only in 24:00:00
---@field min integer
---@field sec integer
---@field usec integer
---@field offset? integer  seconds east of Greenwich, where it is a timetz
local Time = {}

---@return boolean  whether it is a timetz
function Time:has_offset() end

---@return string
function Time:iso() end

---A span of time. `tostring` is the server's IntervalStyle postgres.
---@class moonpool.Interval
---@field months integer
---@field days integer
---@field microseconds integer
---@operator add(moonpool.Interval): moonpool.Interval
---@operator sub(moonpool.Interval): moonpool.Interval
---@operator mul(integer): moonpool.Interval
---@operator unm: moonpool.Interval
local Interval = {}

---@return table<string, integer>  years months days hours minutes seconds microseconds
function Interval:parts() end

---@return boolean
function Interval:is_finite() end
