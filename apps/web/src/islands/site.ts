import { startCopyButtons } from './parts/copy.ts'
import { startFindKey } from './parts/findKey.ts'
import { startHelp } from './parts/help.ts'
import { startListKeys } from './parts/listKeys.ts'
import { showLocalTimes } from './parts/localTimes.ts'

startFindKey()
startListKeys()
startHelp()
startCopyButtons()
showLocalTimes()
