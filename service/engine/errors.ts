import { DepinError } from '../../contract/errors.ts'

/**
 * The engine did not answer.
 *
 * @param what was asked of it, in words: “start the container”.
 */
export function engineGone(what: string, endpoint: string, cause: unknown): DepinError {
  return new DepinError('E_ENGINE_STOPPED', `The container engine at ${endpoint} stopped answering (asked to ${what}).`, {
    next: 'Start it again; everything goes on by itself once it answers.', cause,
  })
}

export function containerGone(containerId: string, cause?: unknown): DepinError {
  return new DepinError('E_NOT_FOUND', `The container ${containerId.slice(0, 12)} is gone.`, { cause })
}

export function containerNotRunning(state: string): DepinError {
  return new DepinError('E_APP_FAILED', `The container is not running (${state}).`, { next: 'Connect again when it runs.' })
}

export function portNotAsked(port: number): DepinError {
  return new DepinError('E_NOT_FOUND', `Port ${port} of the container was not asked for.`, { next: 'List the port in the compose file.' })
}

export function imageForOtherMachine(ref: string, need: string, have: string): DepinError {
  return new DepinError('E_IMAGE_PLATFORM', `The image ${ref} is made for ${need}; this machine is ${have}.`, {
    next: 'Use an image that is built for this processor too.', details: { need, have },
  })
}

export function imageNotFound(ref: string, words: string): DepinError {
  return new DepinError('E_IMAGE_NOT_FOUND', `There is no image ${ref}, or it is private.`, {
    next: 'Check its name and tag; a private image cannot be used.', details: { words },
  })
}

export function registryUnreachable(ref: string, words: string, cause?: unknown): DepinError {
  return new DepinError('E_REGISTRY_UNREACHABLE', `The registry of the image ${ref} cannot be reached: ${words}`, {
    next: 'Check the name of the registry and the network; it is tried again later.', cause,
  })
}

export function diskFull(what: string, words: string): DepinError {
  return new DepinError('E_DISK_FULL', `The engine's disk is full (asked to ${what}).`, {
    next: 'Free some space where the engine keeps its images.', details: { words },
  })
}
