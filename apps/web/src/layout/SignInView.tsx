/** The form that takes a token, in place of the page that the viewer requested. */
export function SignInView({ next, problem }: { next: string; problem: string | null }) {
  return (
    <div class="message-page">
      <h1>Sign in</h1>
      <form method="post" action="/sign-in" class="sign-in">
        <input type="hidden" name="next" value={next} />
        <label for="token">Token</label>
        <input
          id="token"
          name="token"
          type="password"
          autocomplete="current-password"
          spellcheck={false}
          required
          aria-describedby={problem === null ? 'token-help' : 'token-help token-problem'}
          aria-invalid={problem === null ? undefined : 'true'}
        />
        {problem === null ? null : (
          <p id="token-problem" class="problem" role="alert">
            {problem}
          </p>
        )}
        <p id="token-help" class="muted">
          An operator makes tokens with <code>stacktach token new</code>. The browser keeps it until it is closed.
        </p>
        <button type="submit">Sign in</button>
      </form>
    </div>
  )
}
