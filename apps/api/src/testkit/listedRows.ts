import { web } from './fixture.ts'

export const onUuid = ['#', '?', 'When', 'Deployment', 'Event', 'Host', 'State', "State'", 'Task']
export const nova = [...onUuid.slice(0, -1), "Task'"]
export const glance = [...onUuid.slice(0, 6), 'Status']
export const generic = [...onUuid.slice(0, 6), 'Instance', 'Request id']

export const update = 'compute.instance.update'
export const n1 = [
  1,
  ' ',
  '2026-11-20 11:00:00',
  'west',
  'compute.instance.resize.start',
  'host-1',
  'active',
  'stopped',
  'resize_asked',
]
export const n2 = [2, ' ', '2026-11-20 11:00:00.000001', 'west', update, 'host-1', '', '', null]
export const n3 = [
  3,
  ' ',
  '2026-11-20 11:14:11.715400',
  'west',
  'compute.instance.resize.end',
  'host-1',
  'resized',
  '',
  '',
]
export const n4 = [4, ' ', '2026-11-20 11:59:58', 'east', update, 'host-1', '', '', '']
export const n5 = [5, 'E', '2026-11-20 11:59:58.000001', 'west', 'rescue_instance', null, '', '', '']
export const n6 = [6, ' ', '2026-11-20 11:59:59.500000', 'west', 'aggregate.create', 'a_b%c', '', '', '']
export const n7 = [7, ' ', '2026-11-20 12:00:00', 'east', update, 'host-1', '', '', '']
export const n8 = [8, ' ', '2026-11-20 12:00:00.100000', 'east', update, 'host-1', '', '', '']
export const g1 = [1, ' ', '2026-11-20 10:00:00.500000', 'west', 'image.upload', 'host-1', 'saving']
export const v1 = [1, ' ', '2026-11-20 09:00:00', 'west', 'volume.create', 'host-1', web, 'req-1']
