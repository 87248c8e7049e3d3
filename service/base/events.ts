/**
 * Every event of the service, on one page. An event says that a fact in the database changed and whose; whoever hears it
 * reads the store. Nothing is ordered by an event.
 */
export interface ServiceEvents {
  /** The owner's settings, or what follows from them. */
  'sharing-changed': null
  /** What is free on this machine, or the engine's state. */
  'capacity-changed': null
  'engine-changed': null
  /** A peer connected, disconnected, or told us something new. Key: its peer id. */
  'peer-changed': string
  /** A lease of either role was recorded or moved on. Key: lease id. */
  'lease-changed': string
  /** Containers of a lease changed. Key: lease id. */
  'workload-changed': string
  /** The ledger has a new entry. Key: lease id. */
  'ledger-changed': string
  /** A deployment or one of its copies changed. Key: the deployment's name. */
  'deployment-changed': string
  'activity-added': null
  /** Setup moved on, or the test guest at its end did. */
  'onboarding-changed': null
}
