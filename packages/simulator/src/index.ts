/*
 * A simulated OpenStack cloud, in layers from bottom to top:
 * core (time, random numbers, options), world (deployments, instances, images, requests), formats (payloads as
 * OpenStack sends them), notifications (what is sent, independent of the format), operations (the steps of a create,
 * resize, ...), traffic (which operations start, situations of real clouds, audits, planted faults), truth (the ground
 * truth for tests), output (messages, printing, publishing), cloud (runs all of it), cli.
 */
export { type SimulatedCloud, simulateCloud } from './cloud/simulateCloud.ts'
export { type CloudOptions, type Format, formats, simulatedSpan } from './core/options.ts'
export { type Situation, situations } from './core/situations.ts'
export { type Broker, parseDeployments } from './output/deployments.ts'
export type { SimulatedMessage } from './output/message.ts'
export { type Published, type PublishOptions, publishMessages } from './output/publish.ts'
export type * from './truth/truth.ts'
