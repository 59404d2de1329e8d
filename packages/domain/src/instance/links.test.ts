import { describe, expect, test } from '@jest/globals'
import { foldsOf } from '../testkit/foldsOf.ts'
import { at, MIDNIGHT, novaEvent } from '../testkit/story.ts'
import { FIRST_INSTANT, LAST_INSTANT, SECOND } from '../time/instant.ts'
import { existsToLink, rangesToLink } from './links.ts'

describe('exists are linked again', () => {
  const end = (launched: number) => novaEvent('create.end', 9, {}, { launchedAt: at(launched) })
  const around = (second: number) => ({ instance: 'server', from: at(second - 1), until: at(second + 2) })

  test('around the seconds of new or changed launches and deletes', () => {
    const deleted = novaEvent('delete.end', 60, {}, { launchedAt: at(8.75), deletedAt: at(59) })
    expect(rangesToLink([...foldsOf(end(8.25), deleted).values()], [], [])).toEqual([around(8)])
  })

  test('individually when they are new, without the other exists of the instance', () => {
    const exists = novaEvent('exists', 60, {}, { launchedAt: at(8.75) })
    const folds = [...foldsOf(exists).values()]
    expect(rangesToLink(folds, [], [])).toEqual([])
    expect(existsToLink(folds, [])).toEqual([{ deploymentId: exists.deploymentId, dedupKey: exists.dedupKey }])
    expect(existsToLink(folds, ['server'])).toEqual([])
  })

  test('around the second of a launch before it changed, too', () => {
    const launchesBefore = foldsOf(end(5)).get('server')?.launches ?? []
    expect(rangesToLink([...foldsOf(end(8)).values()], launchesBefore, [])).toEqual([around(5), around(8)])
  })

  test('everywhere in a refolded instance', () => {
    const complete = [{ instance: 'server', from: FIRST_INSTANT, until: LAST_INSTANT + SECOND }]
    expect(rangesToLink([...foldsOf(end(8)).values()], [], ['server'])).toEqual(complete)
  })

  test('nowhere when nothing was launched', () => {
    expect(rangesToLink([...foldsOf(novaEvent('create.start', 1)).values()], [], [])).toEqual([])
    expect(at(8)).toBe(MIDNIGHT + 8 * SECOND)
  })
})
