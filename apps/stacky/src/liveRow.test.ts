import { expect, test } from '@jest/globals'
import { liveRow } from './liveRow.ts'

const notification = {
  service: 'nova',
  id: 7,
  when: '2026-11-20T11:00:00.000001Z',
  deployment: 'east',
  event: 'compute.instance.update',
  error: false,
  instance: 'i1',
  image: null,
}

test.each([
  [{}, [7, ' ', '2026-11-20', '11:00:00.000001', 'east', 'compute.instance.update', 'i1']],
  [{ error: true }, [7, 'E', '2026-11-20', '11:00:00.000001', 'east', 'compute.instance.update', 'i1']],
  // As in answers of watch: no zero fraction, the image of glance, a dash for none.
  [
    { when: '2026-11-20T11:00:10.000000Z' },
    [7, ' ', '2026-11-20', '11:00:10', 'east', 'compute.instance.update', 'i1'],
  ],
  [
    { service: 'glance', image: 'g1' },
    [7, ' ', '2026-11-20', '11:00:00.000001', 'east', 'compute.instance.update', 'g1'],
  ],
  [{ service: 'glance' }, [7, ' ', '2026-11-20', '11:00:00.000001', 'east', 'compute.instance.update', '-']],
  [
    { instance: null, deployment: null },
    [7, ' ', '2026-11-20', '11:00:00.000001', null, 'compute.instance.update', '-'],
  ],
])('%j', (changes, row) => {
  expect(liveRow({ ...notification, ...changes })).toEqual(row)
})
