/** Set-up cannot go on. The message is shown as it is: what happened, to what, and what to do next. */
export class SetupError extends Error {
  /**
   * @param {string} message
   * @param {{ cause?: unknown, details?: string }} [options] `details`: output of the tool that failed, shown above the message
   */
  constructor(message, options = {}) {
    super(message, { cause: options.cause })
    this.name = 'SetupError'
    this.details = options.details
  }
}
