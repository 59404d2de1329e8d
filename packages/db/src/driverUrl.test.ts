import { expect, test } from '@jest/globals'
import { driverUrl } from './driverUrl.ts'

const base = 'postgres://user:p%40ss@db:5433/stacktach'

test.each(['prefer', 'require', 'verify-ca'])('sslmode=%s verifies the certificate, as the driver does', (mode) => {
  const url = driverUrl(`${base}?application_name=x&sslmode=${mode}`)
  expect(url).toBe(`${base}?application_name=x&sslmode=verify-full`)
})

test.each(['', '?sslmode=disable', '?sslmode=no-verify', '?uselibpqcompat=true&sslmode=require', '?options=-c%20a=b'])(
  '%s is unchanged',
  (query) => {
    expect(driverUrl(base + query)).toBe(base + query)
  },
)
