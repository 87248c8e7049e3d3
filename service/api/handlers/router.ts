import type { ApiRouter } from '../types.ts'
import { deploymentHandlers, manifestHandlers } from './deployments.ts'
import { type HandlerDeps, os } from './deps.ts'
import { engineHandlers } from './engine.ts'
import { guestHandlers } from './guests.ts'
import { imageHandlers } from './images.ts'
import { activityHandlers, earningsHandlers } from './money.ts'
import { doctorHandlers, nodeHandlers } from './node.ts'
import { keyHandlers, onboardingHandlers } from './onboarding.ts'
import { shareHandlers } from './share.ts'
import { updateHandlers } from './updates.ts'

/** The contract, answered. A procedure without a handler does not compile. */
export function createRouter(deps: HandlerDeps): ApiRouter {
  return os.router({
    node: nodeHandlers(deps),
    share: shareHandlers(deps),
    guests: guestHandlers(deps),
    earnings: earningsHandlers(deps),
    manifests: manifestHandlers(),
    deployments: deploymentHandlers(deps),
    images: imageHandlers(deps),
    updates: updateHandlers(deps),
    activity: activityHandlers(deps),
    engine: engineHandlers(deps),
    onboarding: onboardingHandlers(deps),
    key: keyHandlers(deps),
    doctor: doctorHandlers(deps),
  })
}
