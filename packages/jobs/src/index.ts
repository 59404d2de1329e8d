export { catalog, type JobName, type Payload, type QueueName, queueNames, schedules } from './catalog.ts'
export { Doorbell, type Ring } from './doorbell.ts'
export { Producer } from './producer.ts'
export { type Handlers, type Progress, startWorkers, type WorkerEvents } from './workers.ts'
