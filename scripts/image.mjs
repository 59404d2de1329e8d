// Builds the image with buildah and tests it, on the private servers: `npm run test:image`. IMAGE_BASE names the base image;
// without it the base is made of Debian's packages and this machine's Node.js.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ensureServices, ServicesError } from './services/index.mjs'
import { root, SetupError, setUp } from './setup.mjs'

try {
  await setUp({ update: true })
  const { env } = await ensureServices({ fsync: false })
  const jest = ['--experimental-vm-modules', '--no-warnings', join(root, 'node_modules/jest/bin/jest.js')]
  const { status } = spawnSync(process.execPath, [...jest, '--config', 'jest.image.config.mjs'], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  })
  process.exitCode = status ?? 1
} catch (error) {
  if (!(error instanceof SetupError) && !(error instanceof ServicesError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
