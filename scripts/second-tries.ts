import type { Reporter, TestCase } from 'vitest/node'

/** Names the tests that failed first and passed at their second try: no other reporter does. */
export default class SecondTries implements Reporter {
  onTestCaseResult(test: TestCase): void {
    if (test.diagnostic()?.flaky)
      console.log(`Passed at its second try: ${test.module.relativeModuleId}: ${test.fullName}`)
  }
}
