// A page of plain forms: all that is live on it is the line that says when the service is gone.

import { Live } from "./live.js";

new Live({});
