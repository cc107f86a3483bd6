// Names of settings: as in the training's configuration, and in the catalogue, which has a text and a hint for each.

import type { MessageKey } from "../../shared/messages";

type NameIn<Key> = Key extends `training.setting.${infer Name}` ? Name : never;

export type SettingName = NameIn<MessageKey>;
