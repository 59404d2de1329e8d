import { startFindKey } from './parts/findKey.ts'

startFindKey()
