export { type SimulatedCloud, simulateCloud } from './cloud.ts'
export { type CloudOptions, type Format, formats, simulatedSpan } from './options.ts'
export type * from './truth.ts'
export type { SimulatedMessage } from './wire.ts'
