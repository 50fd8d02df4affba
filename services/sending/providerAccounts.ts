import type { ProviderName } from '../../domain/provider';
import type { Provider } from '../../providers/provider';

/** The provider accounts a call may send through: those whose credentials are attached to the node. */
export type Providers = Partial<Record<ProviderName, Provider>>;
