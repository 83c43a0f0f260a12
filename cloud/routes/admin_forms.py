"""The forms of cloud.routes.admin. An empty field is a missing value."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field

from cloud.deps import MAX_ID


def _empty(said: Any) -> Any:
    return None if said == "" else said


SomeId = Annotated[int | None, Field(ge=1, le=MAX_ID), BeforeValidator(_empty)]
Text = Annotated[str, Field(min_length=1, max_length=120, examples=["west-1"])]


class Place(BaseModel):
    name: Text
    name_zh: Text
    kind: Annotated[Literal["hospital", "centre"], Field(examples=["hospital"])]
    level: Annotated[int, Field(ge=1, le=3, examples=[2])]
    phone: Annotated[str | None, Field(max_length=40), BeforeValidator(_empty)] = None
    latitude: Annotated[float | None, Field(ge=-90, le=90), BeforeValidator(_empty)] = None
    longitude: Annotated[float | None, Field(ge=-180, le=180), BeforeValidator(_empty)] = None
    zone: Text = "Asia/Shanghai"


class Account(BaseModel):
    name: Text
    username: Text
    role: Annotated[Literal["mother", "hospital", "centre", "admin"], Field(examples=["hospital"])]
    organisation_id: SomeId = None
    phone: Annotated[str, Field(max_length=40)] = ""
    due_date: Annotated[date | None, BeforeValidator(_empty)] = None


class Step(BaseModel):
    event: Annotated[Literal["disable", "enable", "password"], Field(examples=["disable"])]


class NewGateway(BaseModel):
    id: Text
    organisation_id: SomeId = None


class NewDevice(BaseModel):
    id: Text
    gateway_id: Annotated[str, Field(max_length=60)] = ""
    mother_id: SomeId = None


class Binding(BaseModel):
    mother_id: SomeId = None
