import { describeNetwork } from '../testing/network-contract.ts'

describeNetwork('memory')
