const BYTES_PER_LINE = 16

/** Formats bytes like `hexdump -C`: offset, sixteen bytes in hexadecimal, and as ASCII. */
export function hexDump(bytes: Buffer): string {
  const lines: string[] = []
  for (let offset = 0; offset < bytes.length; offset += BYTES_PER_LINE) {
    const line = bytes.subarray(offset, offset + BYTES_PER_LINE)
    const hex = line.toString('hex').replaceAll(/..(?=.)/g, '$& ')
    const ascii = line.toString('latin1').replaceAll(/[^ -~]/g, '.')
    lines.push(`${offset.toString(16).padStart(8, '0')}  ${hex.padEnd(BYTES_PER_LINE * 3 - 1)}  ${ascii}`)
  }
  return lines.join('\n')
}
