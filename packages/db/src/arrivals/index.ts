export { type Arrival, type ArrivalBatch, ArrivalReader, arrivalsBefore, type EarlierArrivals } from './arrivals.ts'
export { type ArrivalFilter, LATEST_SEARCHED_ROWS, latestArrivals } from './latestArrivals.ts'
export { type ArrivalPosition, beforeTransaction, compareArrivals, formatPosition, parsePosition } from './position.ts'
