import { describe, expect, test } from '@jest/globals'
import { findCycles, parseModule } from './modules.mjs'

describe('parseModule', () => {
  test('imports', () => {
    const { imports } = parseModule(`
import './register.ts'
import pg from 'pg'
import type { A } from './a.ts'
import { b, type C as D } from '@stacktach/db'
import {
  e,
  f,
} from './e.ts'
import * as all from './all.ts'
const late = await import('./late.ts')
// import { no } from './comment.ts'
/*
import { no } from './comment.ts'
*/
`)
    expect(imports).toEqual(
      expect.arrayContaining([
        { from: './register.ts', names: [], isWhole: false },
        { from: 'pg', names: ['pg'], isWhole: false },
        { from: './a.ts', names: ['A'], isWhole: false },
        { from: '@stacktach/db', names: ['b', 'C'], isWhole: false },
        { from: './e.ts', names: ['e', 'f'], isWhole: false },
        { from: './all.ts', names: [], isWhole: true },
        { from: './late.ts', names: [], isWhole: true },
      ]),
    )
    expect(imports).toHaveLength(7)
  })

  test('exported declarations, and none of another module', () => {
    const { declarations } = parseModule(`export const one = 1
export function two() {}
export async function three() {}
export class Four {}
export abstract class Five {}
export interface Six {}
export type Seven = One
const local = 8
  export const indented = 9
`)
    expect(declarations.map(({ name, isType, line }) => `${line} ${name}${isType ? ' type' : ''}`)).toEqual([
      '1 one',
      '2 two',
      '3 three',
      '4 Four',
      '5 Five',
      '6 Six type',
      '7 Seven type',
    ])
  })

  test('re-exports', () => {
    const { reExports, declarations } = parseModule(`export * from './all.ts'
export { a, b as c, type D } from './a.ts'
export type { E } from './e.ts'
`)
    expect(declarations).toEqual([])
    expect(reExports).toEqual([
      { from: './all.ts', name: '*', exportedAs: '*', isType: false },
      { from: './a.ts', name: 'a', exportedAs: 'a', isType: false },
      { from: './a.ts', name: 'b', exportedAs: 'c', isType: false },
      { from: './a.ts', name: 'D', exportedAs: 'D', isType: true },
      { from: './e.ts', name: 'E', exportedAs: 'E', isType: true },
    ])
  })
})

describe('findCycles', () => {
  /** @param {Record<string, string[]>} edges */
  const graph = (edges) => new Map(Object.entries(edges).map(([node, targets]) => [node, new Set(targets)]))

  test('finds none in a tree or a diamond', () => {
    expect(findCycles(graph({ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }))).toEqual([])
  })

  test('finds each group once, without nodes that only lead to it', () => {
    const edges = { a: ['b'], b: ['c'], c: ['d', 'e'], d: ['b'], e: [], x: ['y'], y: ['x', 'a'] }
    expect(findCycles(graph(edges))).toEqual([
      ['b', 'c', 'd'],
      ['x', 'y'],
    ])
  })
})
