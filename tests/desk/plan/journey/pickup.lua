-- OSRM with the speeds of our own pickup (rules/plan/journey/passage.py), for the test that holds the two beside
-- each other. No penalty for turns: what is left to differ is which turns are forbidden.
api_version = 4

local kmh = {
  motorway = 70, trunk = 50, primary = 48, secondary = 43, tertiary = 38, unclassified = 30, residential = 22,
  living_street = 12, service = 15, road = 22, track = 15
}
local surface = { unpaved = 0.7, compacted = 0.85, gravel = 0.7, dirt = 0.6 }
local track = { grade3 = 0.7 }

function setup()
  return {
    properties = {
      weight_name = 'duration', u_turn_penalty = 0, use_turn_restrictions = true, continue_straight_at_waypoint = false
    },
    restrictions = { 'motorcar', 'motor_vehicle', 'vehicle' }
  }
end

function process_node(profile, node, result)
  result.barrier = node:get_value_by_key('barrier') == 'bollard'
end

function process_way(profile, way, result)
  if way:get_value_by_key('route') == 'ferry' then
    local duration = way:get_value_by_key('duration')
    if way:get_value_by_key('motor_vehicle') ~= 'yes' or not duration then return end
    result.forward_mode, result.backward_mode = mode.ferry, mode.ferry
    result.duration = durationIsValid(duration) and parseDuration(duration) or 0
    return
  end
  local highway = (way:get_value_by_key('highway') or ''):gsub('_link$', '')
  local speed = kmh[highway]
  if not speed then return end
  speed = speed * math.min(
    surface[way:get_value_by_key('surface')] or 1, track[way:get_value_by_key('tracktype')] or 1)
  local limit = tonumber(way:get_value_by_key('maxspeed'))
  if limit then speed = math.min(speed, limit) end
  local oneway = way:get_value_by_key('oneway')
  local round = way:get_value_by_key('junction') == 'roundabout'
  if oneway ~= '-1' then
    result.forward_mode, result.forward_speed, result.forward_rate = mode.driving, speed, speed
  end
  if oneway ~= 'yes' and not round then
    result.backward_mode, result.backward_speed, result.backward_rate = mode.driving, speed, speed
  end
end

function process_turn(profile, turn)
  turn.duration = 0
  turn.weight = 0
end

return { setup = setup, process_way = process_way, process_node = process_node, process_turn = process_turn }
