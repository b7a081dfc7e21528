/** What stops a start and what the person at the terminal can do about it; printed without a stack. */
export class LaunchFailure extends Error {}
