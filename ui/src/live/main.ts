import "../shared/locale";
import "../shared/base.css";
import { mount } from "svelte";
import { connect } from "../backend";
import LiveWindow from "../features/live/LiveWindow.svelte";
import { t } from "../shared/messages";
import { keepPageMenuAway } from "../shared/page-menu";
import { applyTheme } from "../shared/theme.svelte";

applyTheme();
keepPageMenuAway();
document.title = t("live.windowTitle");
const target = document.getElementById("app");
if (target) mount(LiveWindow, { target, props: { backend: await connect() } });
