/** `today`: rules for current nova. `stacktach`: exactly StackTach's rules, for old clouds and for comparison. */
export type Rules = 'today' | 'stacktach'
