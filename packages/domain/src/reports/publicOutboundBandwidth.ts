/** StackTach's `public outbound bandwidth`: bytes sent to the public network, by the exists of a period. */
export const publicOutboundBandwidth = {
  name: 'public outbound bandwidth',
  version: 1,
  /** @param bytes a sum that can exceed 2^53 */
  shape: (bytes: bigint) => ({ total_public_outbound_bandwidth: bytes }),
}
