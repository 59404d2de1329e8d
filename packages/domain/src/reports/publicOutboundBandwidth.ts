/** StackTach's `public outbound bandwidth`: what the exists of a period sent to the public network. */
export const publicOutboundBandwidth = {
  name: 'public outbound bandwidth',
  version: 1,
  /** @param bytes a sum that can pass 2^53 */
  shape: (bytes: bigint) => ({ total_public_outbound_bandwidth: bytes }),
}
