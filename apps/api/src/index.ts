export { type AppOptions, createApp } from './createApp.ts'
export { endpoints } from './endpoints/index.ts'
