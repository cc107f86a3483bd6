import "./shared/locale";
import "./shared/base.css";
import "./shared/views.css";
import { mount } from "svelte";
import App from "./app/App.svelte";
import { Session } from "./app/session.svelte";
import { connect } from "./backend";
import { keepPageMenuAway } from "./shared/page-menu";
import { applyTheme } from "./shared/theme.svelte";

applyTheme();
keepPageMenuAway();
const session = new Session(await connect());
void session.start();
const target = document.getElementById("app");
if (target) mount(App, { target, props: { session } });
