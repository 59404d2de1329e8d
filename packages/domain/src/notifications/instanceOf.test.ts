import { expect, test } from '@jest/globals'
import { instanceOf } from './instanceOf.ts'

test.each([
  ['instance_uuid', { instance_uuid: 'i', instance_id: 'x' }],
  ['instance_id', { instance_id: 'i', args: { instance: { uuid: 'x' } } }],
  ['an exception', { exception: { kwargs: { uuid: 'i' } } }],
  ['the instance of a scheduler', { instance: { uuid: 'i' } }],
])('%s, under both sets of rules', (_, payload) => {
  expect([instanceOf(payload, 'today'), instanceOf(payload, 'stacktach')]).toEqual(['i', 'i'])
})

test.each([
  ['the arguments of a wrapped function', { exception: 'boom', args: { instance: { uuid: 'i', id: 5 } } }],
  ['an instance object in them', { args: { instance: { 'nova_object.data': { uuid: 'i' } } } }],
  ['a node of ironic', { 'ironic_object.data': { uuid: 'node', instance_uuid: 'i' } }],
  ['a port of neutron', { port: { device_id: 'i', device_owner: 'compute:az-1' } }],
  ['the first of several ports', { ports: [{ device_id: 'i', device_owner: 'compute:nova' }, { device_id: 'x' }] }],
  ['a port without an owner', { ports: [{ device_id: 'i' }] }],
  ['a port with an empty owner', { port: { device_id: 'i', device_owner: '' } }],
  ['a volume of cinder', { volume_attachment: [{ instance_uuid: 'i' }, { instance_uuid: 'x' }] }],
])('%s, under the rules of today only', (_, payload) => {
  expect([instanceOf(payload, 'today'), instanceOf(payload, 'stacktach')]).toEqual(['i', null])
})

test.each([
  ['null', null],
  ['a port of a router', { port: { device_id: 'router', device_owner: 'network:router_interface' } }],
  ['a port that is not plugged in', { port: { device_id: '', device_owner: '' } }],
  ['a volume that is not attached', { volume_attachment: [] }],
  ['a node without an instance', { 'ironic_object.data': { instance_uuid: null } }],
  ['other types', { args: [], ports: {}, port: 'port', volume_attachment: 'x', 'ironic_object.data': [] }],
  ['an owner that is an object', { port: { device_owner: { toString: 1 }, device_id: { uuid: 'x' } } }],
])('no instance in %s', (_, payload) => {
  expect(instanceOf(payload, 'today')).toBeNull()
})
