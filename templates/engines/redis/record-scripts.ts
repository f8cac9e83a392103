import { added, type Script, script } from "./script.ts";

/**
 * Changes of one record, each atomic. A record is a hash of texts; what may be null and is, is absent. KEYS[1] is the record, KEYS[2] the
 * operation's, where there is one: both carry the same hash tag. ARGV[1] is the fingerprint of what the operation id stands for, ARGV[2]
 * the milliseconds it is kept. A text as reply is the reason why nothing was done; a list is the result.
 */
const begin = `
if KEYS[2] then
  local stored = redis.call('get', KEYS[2])
  if stored then
    local at = string.find(stored, '\\n', 1, true)
    if string.sub(stored, 1, at - 1) ~= ARGV[1] then return 'operation' end
    return cjson.decode(string.sub(stored, at + 1))
  end
end
local function done(result)
  if KEYS[2] then redis.call('set', KEYS[2], ARGV[1] .. '\\n' .. cjson.encode(result), 'px', ARGV[2]) end
  return result
end
local function milliseconds()
  local time = redis.call('time')
  return string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
end
local function raised(version)
  return string.format('%.0f', (tonumber(version) or 0) + 1)
end`;

/**
 * The first record that an operation id is used with keeps it: KEYS[1] names the id, ARGV are the fingerprint and how long it is kept. Gives
 * the fingerprint that was first. Claiming twice has the effect of once.
 */
export const claimOperation: Script = script(`
local first = redis.call('get', KEYS[1])
if first then return first end
redis.call('set', KEYS[1], ARGV[1], 'px', ARGV[2])
return ARGV[1]`);

/** ARGV: 3 insert or upsert, 4 time to live or 0, 5-7 fields of version, createdAt and updatedAt or '', then fields and texts. */
export const putRecord: Script = script(`${begin}
local exists = redis.call('exists', KEYS[1]) == 1
if exists and ARGV[3] == 'insert' then return 'exists' end
local now = milliseconds()
local version, created = '1', now
if exists then
  if ARGV[5] ~= '' then version = raised(redis.call('hget', KEYS[1], ARGV[5])) end
  if ARGV[6] ~= '' then created = redis.call('hget', KEYS[1], ARGV[6]) or now end
  redis.call('del', KEYS[1])
end
local fields = { unpack(ARGV, 8) }
local function add(field, value)
  if field ~= '' then fields[#fields + 1] = field fields[#fields + 1] = value end
end
add(ARGV[5], version) add(ARGV[6], created) add(ARGV[7], now)
redis.call('hset', KEYS[1], unpack(fields))
if ARGV[4] ~= '0' then redis.call('pexpire', KEYS[1], ARGV[4]) end
return done({ version, created, now })`);

const found = `
if redis.call('exists', KEYS[1]) == 0 then return 'missing' end
if ARGV[3] ~= '' and redis.call('hget', KEYS[1], ARGV[4]) ~= ARGV[3] then return 'stale' end
local function touched(columns)
  if ARGV[4] ~= '' then redis.call('hset', KEYS[1], ARGV[4], raised(redis.call('hget', KEYS[1], ARGV[4]))) end
  if ARGV[5] ~= '' then redis.call('hset', KEYS[1], ARGV[5], milliseconds()) end
  return done(redis.call('hmget', KEYS[1], unpack(ARGV, columns)))
end`;

/**
 * ARGV: 3 expected version or '', 4 and 5 fields of version and updatedAt or '', 6 how many arguments are set, 7 how many fields go, then
 * these and the fields of the result.
 */
export const patchRecord: Script = script(`${begin}
${found}
local first = 8
local set, gone = tonumber(ARGV[6]), tonumber(ARGV[7])
if set > 0 then redis.call('hset', KEYS[1], unpack(ARGV, first, first + set - 1)) end
if gone > 0 then redis.call('hdel', KEYS[1], unpack(ARGV, first + set, first + set + gone - 1)) end
return touched(first + set + gone)`);

/** Whole numbers are compared as texts, since Lua's numbers end at 2^53. ARGV as above, then 6 field, 7 by, 8 floor, 9 ceiling, 10 kind. */
export const incrementRecord: Script = script(`${begin}
${found}
local function less(a, b)
  local below, other = string.sub(a, 1, 1) == '-', string.sub(b, 1, 1) == '-'
  if below ~= other then return below end
  if below then a, b = string.sub(b, 2), string.sub(a, 2) end
  if #a ~= #b then return #a < #b end
  return a < b
end
local old = redis.call('hget', KEYS[1], ARGV[6])
local number = old or '0'
local now
if ARGV[10] == 'float' then
  now = tonumber(number) + tonumber(ARGV[7])
  if now ~= now or now == math.huge or now == -math.huge then return 'range' end
  if ARGV[8] ~= '' and now < tonumber(ARGV[8]) then return 'floor' end
  if ARGV[9] ~= '' and now > tonumber(ARGV[9]) then return 'ceiling' end
  redis.call('hset', KEYS[1], ARGV[6], string.format('%.17g', now))
else
  ${added("ARGV[6]", "ARGV[7]")}
  now = redis.call('hget', KEYS[1], ARGV[6])
  local outside = ARGV[8] ~= '' and less(now, ARGV[8]) and 'floor' or ARGV[9] ~= '' and less(ARGV[9], now) and 'ceiling'
  if outside then
    if old then redis.call('hset', KEYS[1], ARGV[6], old) else redis.call('hdel', KEYS[1], ARGV[6]) end
    return outside
  end
end
return touched(11)`);

/** ARGV: 3 expected version or '', 4 field of the version or ''. */
export const deleteRecord: Script = script(`${begin}
if redis.call('exists', KEYS[1]) == 0 then return 'missing' end
if ARGV[3] ~= '' and redis.call('hget', KEYS[1], ARGV[4]) ~= ARGV[3] then return 'stale' end
redis.call('del', KEYS[1])
return done({})`);
