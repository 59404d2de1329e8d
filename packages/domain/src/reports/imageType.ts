/** Image, operating system and distribution as reports show them; `?` where no bit is set. */
export interface Platform {
  image: string
  os: string
  distro: string
}

// The first bit that is set is shown.
const images: [number, string][] = [
  [2, 'snap'],
  [1, 'base'],
]
const systems: [number, string][] = [
  [0x20, 'windows'],
  [0x10, 'linux'],
]
const distributions: [number, string][] = [
  [0x100, 'ubuntu'],
  [0x200, 'debian'],
  [0x400, 'centos'],
  [0x800, 'rhel'],
]

/**
 * Decodes an image type.
 *
 * @param bits combined bits of all notifications of a request
 */
export function platformOf(bits: number): Platform {
  const first = (names: [number, string][]) => names.find(([bit]) => (bits & bit) !== 0)?.[1] ?? '?'
  return { image: first(images), os: first(systems), distro: first(distributions) }
}
