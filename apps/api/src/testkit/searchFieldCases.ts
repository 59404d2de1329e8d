import { type SearchField, searchFields } from '@stacktach/db'
import type { Service } from '@stacktach/domain'
import { type Case, rejected } from './case.ts'
import { image, resize, unix, web } from './fixture.ts'

/** The first notification of each service: the values of its searchable columns, and its row in a list. */
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

/** For each text lookup, a part of the value that matches. */
const textLookups = {
  contains: (value: string) => value.slice(1, -1) || value,
  startswith: (value: string) => value.slice(0, -1) || value,
  endswith: (value: string) => value.slice(1) || value,
}

/** The value in another case, which must not match. */
const otherCase = (value: string) => (value === value.toUpperCase() ? value.toLowerCase() : value.toUpperCase())

function casesOf(service: Service, name: string, { type }: SearchField): Case[] {
  const { values, when, row } = firstRows[service]
  const value = values[name] ?? ''
  // The period excludes all other notifications of the service.
  const searchCase = (field: string, text: string, matches: boolean): Case => ({
    path: `search?service=${service}&field=${field}&value=${encodeURIComponent(text)}&when_min=${unix('09:00:00')}&when_max=${unix(when)}`,
    body: matches ? [headers[service], row] : [],
  })
  const unknown = (lookup: string) =>
    rejected(
      `search?service=${service}&field=${name}__${lookup}&value=1`,
      `The requested field '${name}__${lookup}' does not exist for the corresponding object`,
    )
  const exact = searchCase(name, value, true)
  if (type === 'text') {
    return [
      exact,
      ...(otherCase(value) === value ? [] : [searchCase(name, otherCase(value), false)]),
      searchCase(name, `${value} `, false),
      ...Object.entries(textLookups).flatMap(([lookup, part]) => [
        searchCase(`${name}__${lookup}`, part(value), true),
        searchCase(`${name}__${lookup}`, `${part(value)}\u00e9`, false),
      ]),
      ...['gt', 'gte', 'lt', 'lte', 'exact', 'iexact', 'isnull', 'in'].map(unknown),
    ]
  }
  const invalid = rejected(
    `search?service=${service}&field=${name}&value=abc`,
    `value must be a ${type === 'instant' ? 'unix time' : 'whole number'} for ${name}, not "abc"`,
  )
  if (name !== 'id' && name !== 'when') {
    return [exact, invalid, searchCase(name, '77', false), ...['gt', 'lt', 'contains', 'startswith'].map(unknown)]
  }
  return [
    exact,
    invalid,
    searchCase(`${name}__gte`, value, true),
    searchCase(`${name}__lte`, value, true),
    searchCase(`${name}__gt`, value, false),
    searchCase(`${name}__lt`, value, false),
    ...['contains', 'startswith', 'endswith', 'range'].map(unknown),
  ]
}

/** All fields of all services with all lookups: matching, not matching, and rejected. */
export const searchFieldCases: readonly Case[] = (['nova', 'glance', 'generic'] as const).flatMap((service) => [
  ...[...searchFields[service]].flatMap(([name, field]) => casesOf(service, name, field)),
  ...['owner', 'status', 'uuid', 'tenant', 'state', 'old_state', 'task', 'old_task', 'json', 'versioned']
    .filter((name) => !searchFields[service].has(name))
    .map((name) =>
      rejected(
        `search?service=${service}&field=${name}&value=1`,
        `The requested field '${name}' does not exist for the corresponding object`,
      ),
    ),
])

/** The searchable fields of each service by the contract, sorted. */
export const contractFields: Record<Service, string[]> = {
  nova: Object.keys(firstRows.nova.values).sort(),
  glance: Object.keys(firstRows.glance.values).sort(),
  generic: Object.keys(firstRows.generic.values).sort(),
}
