import type { Rules } from '../rules.ts'
import { firstText } from './columns.ts'
import { at, type JsonObject } from './json.ts'

/** The instance that a payload of nova or of a generic service names; null if it names none. */
export function instanceOf(payload: JsonObject | null, rules: Rules): string | null {
  const byStackTach = firstText(
    at(payload, 'instance_uuid'),
    at(payload, 'instance_id'),
    at(payload, 'exception', 'kwargs', 'uuid'),
    at(payload, 'instance', 'uuid'),
  )
  if (byStackTach !== null || rules === 'stacktach') return byStackTach
  return firstText(
    // Errors of wrapped functions (finish_resize) list the function's arguments.
    at(payload, 'args', 'instance', 'uuid'),
    at(payload, 'args', 'instance', 'nova_object.data', 'uuid'),
    // ironic
    at(payload, 'ironic_object.data', 'instance_uuid'),
    // neutron
    deviceOf(at(payload, 'port')),
    deviceOf(first(at(payload, 'ports'))),
    // cinder
    at(first(at(payload, 'volume_attachment')), 'instance_uuid'),
  )
}

/** The instance that a port of neutron is plugged into: routers and DHCP agents have ports, too. */
function deviceOf(port: unknown): unknown {
  const owner = firstText(at(port, 'device_owner'))
  return owner === null || owner.startsWith('compute:') ? at(port, 'device_id') : undefined
}

function first(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined
}
