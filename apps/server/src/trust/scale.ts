/**
 * How much longer than in CI the suites of this folder go on: with MILLRACE_TRUST_SCALE=10 ten times.
 * @throws RangeError when the variable is no number of at least 1
 */
export const trustScale = Number(process.env['MILLRACE_TRUST_SCALE'] || 1)
if (!(trustScale >= 1)) throw new RangeError('MILLRACE_TRUST_SCALE must be a number of at least 1')
