import { project } from './jest.config.mjs'

/** Builds the image, which takes minutes: `npm run test:image`. */
export default {
  ...project('image', ['e2e/src/imageSuite.ts']),
  testTimeout: 1_200_000,
}
