/**
 * `today`: the rules for the nova of today. `stacktach`: exactly StackTach's, for old clouds and for comparing with it.
 */
export type Rules = 'today' | 'stacktach'
