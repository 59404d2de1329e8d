import { describe, expect, test } from '@jest/globals'
import { classic, EVENING, glanceRow, novaRow, object, versioned } from '../testkit/message.ts'
import { launchEvents } from '../testkit/ruleCounts.ts'
import { normalize } from './normalize.ts'
import { normalizeStored } from './normalizeStored.ts'

const time = '2026-11-23T20:05:38.000001'

function factsOf(payload: object, event = 'compute.instance.exists') {
  return novaRow(classic({ event_type: event, payload })).facts
}

test('the facts of an instance are its times, flavor, bandwidth and message', () => {
  expect(
    factsOf({
      launched_at: time,
      terminated_at: time,
      deleted_at: '',
      audit_period_beginning: '2026-11-23 20:05:38',
      audit_period_ending: '2026-11-23 20:05:38+00:00',
      instance_type_id: 5,
      instance_flavor_id: 'm1',
      instance_type: 'm1.small',
      memory_mb: 2048,
      message: 'Success',
      bandwidth: { public: { bw_in: 1, bw_out: 2 } },
    }),
  ).toEqual({
    launchedAt: EVENING + 1,
    terminatedAt: EVENING + 1,
    auditPeriodBeginning: EVENING,
    auditPeriodEnding: EVENING,
    instanceTypeId: '5',
    instanceFlavorId: 'm1',
    flavorName: 'm1.small',
    memoryMb: 2048,
    message: 'Success',
    bandwidthPublicOut: '2',
  })
})

test('absent and empty values, and values of another type, are omitted', () => {
  const wrong = { launched_at: '', deleted_at: 5, instance_type_id: null, memory_mb: '2048', bandwidth: 'much' }
  expect(factsOf({ ...wrong, instance_type: {}, message: [] })).toEqual({})
  expect(factsOf({ memory_mb: 0.5 })).toEqual({})
  expect(factsOf({ memory_mb: -1 })).toEqual({})
})

test('long values are omitted or truncated, because a fold has thousands of facts in memory', () => {
  const long = 'x'.repeat(2_000)
  expect(factsOf({ instance_type_id: long, instance_flavor_id: long, instance_type: long, memory_mb: 1 })).toEqual({
    memoryMb: 1,
  })
  expect(factsOf({ message: `Build of instance ${long}` })?.message).toMatch(/^Build of instance x{82}$/)
  const image = { id: 'image', owner: long, size: 1 }
  expect(glanceRow(classic({ event_type: 'image.activate', payload: { ...image, owner: undefined } })).facts).toEqual({
    images: [{ uuid: 'image', size: '1' }],
  })
  expect(glanceRow(classic({ event_type: 'image.exists', payload: { images: [image] } })).facts).toEqual({
    images: [{ uuid: 'image', size: '1' }],
  })
})

test.each(['1e400', '-1e400', `1${'0'.repeat(1000)}`])(
  'a flavor of %s, which is out of the range of a number, is omitted',
  (digits) => {
    const body = JSON.stringify(classic({ event_type: 'compute.instance.exists', payload: { instance_type_id: 0 } }))
    expect(novaRow(body.replace('"instance_type_id":0', `"instance_type_id":${digits}`)).facts).toEqual({})
  },
)

test.each([
  ['9007199254740991', '9007199254740991'],
  ['9007199254740993', '9007199254740993'],
  ['9223372036854775807', '9223372036854775807'],
  ['0', '0'],
  // Out of the range of a bigint column, or not a count.
  ['9223372036854775808', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['"7"', undefined],
])('bw_out %s keeps its digits', (literal, bytes) => {
  const body = JSON.stringify(
    classic({ event_type: 'compute.instance.exists', payload: { bandwidth: { public: { bw_out: 0 } } } }),
  ).replace('"bw_out":0', `"bw_out":${literal}`)
  expect(novaRow(body).facts?.bandwidthPublicOut).toBe(bytes)
  expect(novaRow(body).json).toContain(`"bw_out":${literal}`)
})

test.each([...launchEvents, 'delete.end', 'force_delete.end', 'soft_delete.end', 'restore.end', 'exists'])(
  'compute.instance.%s has facts',
  (event) => {
    expect(factsOf({ launched_at: time }, `compute.instance.${event}`)).toEqual({ launchedAt: EVENING + 1 })
  },
)

test.each(['compute.instance.update', 'compute.instance.reboot.end', 'scheduler.run.start'])(
  '%s has no times',
  (event) => {
    expect(factsOf({ launched_at: time }, event)).toBeNull()
  },
)

describe('of an operation', () => {
  const url = 'http://glance:9292/images/155d900f'

  test.each(['start', 'end', 'error'])('the flavor and the image of each %s are facts', (phase) => {
    const payload = { instance_type: 'm1', image_ref_url: url, image_name: 'cirros' }
    expect(factsOf(payload, `compute.instance.reboot.${phase}`)).toMatchObject({ flavorName: 'm1', image: 'cirros' })
  })

  test.each([
    ['the id in its URL', { image_ref_url: url }, '155d900f'],
    ['the id of a versioned notification', { image_uuid: '155d900f' }, '155d900f'],
    ['unknown if the instance boots from a volume', { image_ref_url: 'http://glance:9292/images/' }, undefined],
    ['unknown if its name is not a text', { image_name: 5 }, undefined],
  ])('an image without a name is %s', (_, payload, image) => {
    expect(factsOf(payload, 'compute.instance.reboot.end')?.image).toBe(image)
  })

  test('other notifications have no image', () => {
    expect(factsOf({ image_name: 'cirros', launched_at: time })).toEqual({ launchedAt: EVENING + 1 })
  })
})

describe('an error', () => {
  const exception = { class: 'NoValidHost', message: 'No valid host was found.' }
  const read = (routingKey: string, event_type: string, payload: object = { exception }) => {
    const result = normalize(
      { service: 'nova', routingKey, body: JSON.stringify(classic({ event_type, payload })) },
      String,
    )
    return result.kind === 'stored' && result.row.table === 'nova' ? result.row : null
  }

  test.each([
    ['notifications.error', 'compute_task.build_instances', true],
    ['error', 'compute.instance.update', true],
    ['notifications.info', 'compute.instance.create.error', true],
    ['errors.info', 'compute.instance.create.end', false],
    ['notifications.errors', 'compute.instance.create.end', false],
  ])('%s %s: %s', (routingKey, event, isError) => {
    expect(read(routingKey, event)?.facts?.error).toBe(isError ? 'NoValidHost: No valid host was found.' : undefined)
  })

  test('is known without a payload', () => {
    expect(read('notifications.error', 'rescue_instance', [])?.facts).toEqual({ error: 'no error text' })
  })

  test('does not contain the secrets of the notification', () => {
    const secret = { exception: "{'kwargs': {}, 'message': 'cannot use password=tops3cret', 'class': 'Error'}" }
    expect(read('notifications.error', 'rescue_instance', secret)?.facts?.error).toBe('Error: cannot use password=')
  })

  test('is the same when the stored notification is read again', () => {
    const row = read('notifications.error', 'rescue_instance', {
      exception: { class: 'Error', message: 'cannot use adminPass: "tops3cret" of 10.0.0.1' },
    })
    const again = normalizeStored('nova', row?.json ?? '', 'today')
    expect(again).toMatchObject({ row: { facts: row?.facts } })
  })

  test('of the versioned format is its fault, its reason or its payload', () => {
    const fault = object('ExceptionPayload', {
      exception: 'NoValidHost',
      exception_message: 'No valid host was found.',
    })
    const text = (event: string, payload: object) => novaRow(versioned(event, payload)).facts?.error
    expect(text('instance.create.error', { fault })).toBe('NoValidHost: No valid host was found.')
    expect(text('instance.create.error', { reason: fault })).toBe('NoValidHost: No valid host was found.')
    const whole = classic({ event_type: 'compute.exception', payload: fault })
    const result = normalize(
      { service: 'nova', routingKey: 'versioned_notifications.error', body: JSON.stringify(whole) },
      String,
    )
    expect(result).toMatchObject({ row: { facts: { error: 'NoValidHost: No valid host was found.' } } })
  })
})

describe('the facts', () => {
  const picture = { id: 'image', created_at: '2026-11-23T20:05:38Z', deleted_at: null, owner: 'tenant', size: 12 }
  const facts = { uuid: 'image', createdAt: EVENING, owner: 'tenant', size: '12' }

  test.each(['image.activate', 'image.delete'])('of %s are those of the payload', (event_type) => {
    expect(glanceRow(classic({ event_type, payload: picture })).facts).toEqual({ images: [facts] })
  })

  test('of image.exists are those of its images, and the owner of the payload', () => {
    const payload = {
      owner: 'payload',
      audit_period_beginning: '2026-11-23 20:05:38',
      images: [picture, { id: 'other', deleted_at: '2026-11-23T20:05:38Z' }, 'text', null],
    }
    expect(glanceRow(classic({ event_type: 'image.exists', payload })).facts).toEqual({
      images: [facts, { uuid: 'other', deletedAt: EVENING }],
      owner: 'payload',
      auditPeriodBeginning: EVENING,
    })
    expect(glanceRow(classic({ event_type: 'image.exists', payload: { images: 'none' } })).facts).toEqual({
      images: [],
    })
  })

  test('of another event are those of an active image, else null', () => {
    expect(glanceRow(classic({ event_type: 'image.upload', payload: picture })).facts).toBeNull()
    const importing = { ...picture, status: 'importing' }
    expect(glanceRow(classic({ event_type: 'image.update', payload: importing })).facts).toBeNull()
    const active = { ...picture, status: 'active' }
    expect(glanceRow(classic({ event_type: 'image.update', payload: active })).facts).toEqual({ images: [facts] })
    const sentence = 'Image storage media is full'
    expect(glanceRow(classic({ event_type: 'image.upload', payload: sentence })).facts).toBeNull()
  })
})
