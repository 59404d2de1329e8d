import { type SearchField, searchFields } from '@stacktach/db'
import type { Service } from '@stacktach/domain'
import { type Case, refused } from './case.ts'
import { image, resize, unix, web } from './fixture.ts'

/** What the first notification of each service holds in each column that can be searched, and how it is listed. */
export const firstRows: Record<Service, { values: Record<string, string>; when: string; row: unknown[] }> = {
  nova: {
    when: '11:00:00',
    values: {
      id: '1',
      when: unix('11:00:00'),
      deployment: '1',
      deployment__name: 'west',
      image_type: '0',
      routing_key: 'monitor.info',
      publisher: 'compute.host-1',
      service: 'compute',
      event: 'compute.instance.resize.start',
      host: 'host-1',
      instance: web,
      message_id: 'message-nova-1',
      request_id: resize,
      tenant: '5000',
      state: 'active',
      old_state: 'stopped',
      task: 'resize_started',
      old_task: 'resize_asked',
    },
    row: [
      1,
      ' ',
      '2026-11-20 11:00:00',
      'west',
      'compute.instance.resize.start',
      'host-1',
      'active',
      'stopped',
      'resize_asked',
    ],
  },
  glance: {
    when: '10:00:00.5',
    values: {
      id: '1',
      when: unix('10:00:00.5'),
      deployment: '1',
      deployment__name: 'west',
      image_type: '0',
      routing_key: 'monitor.info',
      publisher: 'compute.host-1',
      service: 'compute',
      event: 'image.upload',
      host: 'host-1',
      instance: web,
      message_id: 'message-glance-1',
      request_id: 'req-image',
      owner: '5000',
      status: 'saving',
      uuid: image,
    },
    row: [1, ' ', '2026-11-20 10:00:00.500000', 'west', 'image.upload', 'host-1', 'saving'],
  },
  generic: {
    when: '09:00:00',
    values: {
      id: '1',
      when: unix('09:00:00'),
      deployment: '1',
      deployment__name: 'west',
      image_type: '0',
      routing_key: 'monitor.info',
      publisher: 'compute.host-1',
      service: 'compute',
      event: 'volume.create',
      host: 'host-1',
      instance: web,
      message_id: 'message-generic-1',
      request_id: 'req-1',
      tenant: '7000',
      state: 'available',
      old_state: 'creating',
      task: 'attach',
      old_task: 'format',
    },
    row: [1, ' ', '2026-11-20 09:00:00', 'west', 'volume.create', 'host-1', web, 'req-1'],
  },
}

const headers: Record<Service, unknown[]> = {
  nova: ['#', '?', 'When', 'Deployment', 'Event', 'Host', 'State', "State'", "Task'"],
  glance: ['#', '?', 'When', 'Deployment', 'Event', 'Host', 'Status'],
  generic: ['#', '?', 'When', 'Deployment', 'Event', 'Host', 'Instance', 'Request id'],
}

/** Of a value that is found, what each ending finds it by. */
const textEndings = {
  contains: (value: string) => value.slice(1, -1) || value,
  startswith: (value: string) => value.slice(0, -1) || value,
  endswith: (value: string) => value.slice(1) || value,
}

/** In another case: what is found must be no more than what is spelt alike. */
const otherCase = (value: string) => (value === value.toUpperCase() ? value.toLowerCase() : value.toUpperCase())

function ofField(service: Service, name: string, { type }: SearchField): Case[] {
  const { values, when, row } = firstRows[service]
  const value = values[name] ?? ''
  // Of all that is found, the one that is looked at: nothing else came up to then, and nothing that soon.
  const ask = (field: string, wanted: string, found: boolean): Case => ({
    path: `search?service=${service}&field=${field}&value=${encodeURIComponent(wanted)}&when_min=${unix('09:00:00')}&when_max=${unix(when)}`,
    body: found ? [headers[service], row] : [],
  })
  const unknown = (ending: string) =>
    refused(
      `search?service=${service}&field=${name}__${ending}&value=1`,
      `The requested field '${name}__${ending}' does not exist for the corresponding object`,
    )
  const exact = ask(name, value, true)
  if (type === 'text') {
    return [
      exact,
      ...(otherCase(value) === value ? [] : [ask(name, otherCase(value), false)]),
      ask(name, `${value} `, false),
      ...Object.entries(textEndings).flatMap(([ending, part]) => [
        ask(`${name}__${ending}`, part(value), true),
        ask(`${name}__${ending}`, `${part(value)}\u00e9`, false),
      ]),
      ...['gt', 'gte', 'lt', 'lte', 'exact', 'iexact', 'isnull', 'in'].map(unknown),
    ]
  }
  const wrong = refused(
    `search?service=${service}&field=${name}&value=abc`,
    `value must be a ${type === 'instant' ? 'unix time' : 'whole number'} for ${name}, not "abc"`,
  )
  if (name !== 'id' && name !== 'when') {
    return [exact, wrong, ask(name, '77', false), ...['gt', 'lt', 'contains', 'startswith'].map(unknown)]
  }
  return [
    exact,
    wrong,
    ask(`${name}__gte`, value, true),
    ask(`${name}__lte`, value, true),
    ask(`${name}__gt`, value, false),
    ask(`${name}__lt`, value, false),
    ...['contains', 'startswith', 'endswith', 'range'].map(unknown),
  ]
}

/** Every field of every service with every ending: what it finds, what it does not, what is refused. */
export const searchFieldCases: readonly Case[] = (['nova', 'glance', 'generic'] as const).flatMap((service) => [
  ...[...searchFields[service]].flatMap(([name, field]) => ofField(service, name, field)),
  ...['owner', 'status', 'uuid', 'tenant', 'state', 'old_state', 'task', 'old_task', 'json', 'versioned']
    .filter((name) => !searchFields[service].has(name))
    .map((name) =>
      refused(
        `search?service=${service}&field=${name}&value=1`,
        `The requested field '${name}' does not exist for the corresponding object`,
      ),
    ),
])

/** The fields that the contract gives each service: neither more nor fewer can be searched. */
export const contractFields: Record<Service, string[]> = {
  nova: Object.keys(firstRows.nova.values).sort(),
  glance: Object.keys(firstRows.glance.values).sort(),
  generic: Object.keys(firstRows.generic.values).sort(),
}
