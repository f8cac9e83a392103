-- The schema of the Pagila sample database (a film rental), written down by hand for the tests: its fifteen tables with their names, types,
-- keys and oddities. A handful of rows each, so that something can be lost.

create type mpaa_rating as enum ('G', 'PG', 'PG-13', 'R', 'NC-17');
create domain year as integer constraint year_check check (value >= 1901 and value <= 2155);

create sequence actor_actor_id_seq;
create sequence category_category_id_seq;
create sequence film_film_id_seq;
create sequence customer_customer_id_seq;
create sequence address_address_id_seq;
create sequence city_city_id_seq;
create sequence country_country_id_seq;
create sequence inventory_inventory_id_seq;
create sequence language_language_id_seq;
create sequence payment_payment_id_seq;
create sequence rental_rental_id_seq;
create sequence staff_staff_id_seq;
create sequence store_store_id_seq;

create function last_updated() returns trigger language plpgsql as $$
begin
  new.last_update = current_timestamp;
  return new;
end
$$;

create function _group_concat(text, text) returns text immutable language sql as $$
  select case when $2 is null then $1 when $1 is null then $2 else $1 || ', ' || $2 end
$$;
create aggregate group_concat(text) (sfunc = _group_concat, stype = text);

create function last_day(timestamp with time zone) returns date immutable strict language sql as $$
  select (date_trunc('month', $1 at time zone 'UTC') + interval '1 month - 1 day')::date
$$;

create table actor (
  actor_id integer default nextval('actor_actor_id_seq'::regclass) not null,
  first_name text not null,
  last_name text not null,
  last_update timestamp with time zone default now() not null,
  constraint actor_pkey primary key (actor_id)
);
create index idx_actor_last_name on actor (last_name);

create table category (
  category_id integer default nextval('category_category_id_seq'::regclass) not null,
  name text not null,
  last_update timestamp with time zone default now() not null,
  constraint category_pkey primary key (category_id)
);

create table country (
  country_id integer default nextval('country_country_id_seq'::regclass) not null,
  country text not null,
  last_update timestamp with time zone default now() not null,
  constraint country_pkey primary key (country_id)
);

create table city (
  city_id integer default nextval('city_city_id_seq'::regclass) not null,
  city text not null,
  country_id integer not null,
  last_update timestamp with time zone default now() not null,
  constraint city_pkey primary key (city_id),
  constraint city_country_id_fkey foreign key (country_id) references country (country_id) on update cascade on delete restrict
);
create index idx_fk_country_id on city (country_id);

create table address (
  address_id integer default nextval('address_address_id_seq'::regclass) not null,
  address text not null,
  address2 text,
  district text not null,
  city_id integer not null,
  postal_code text,
  phone text not null,
  last_update timestamp with time zone default now() not null,
  constraint address_pkey primary key (address_id),
  constraint address_city_id_fkey foreign key (city_id) references city (city_id) on update cascade on delete restrict
);
create index idx_fk_city_id on address (city_id);

create table language (
  language_id integer default nextval('language_language_id_seq'::regclass) not null,
  name character(20) not null,
  last_update timestamp with time zone default now() not null,
  constraint language_pkey primary key (language_id)
);

create table film (
  film_id integer default nextval('film_film_id_seq'::regclass) not null,
  title text not null,
  description text,
  release_year year,
  language_id integer not null,
  original_language_id integer,
  rental_duration smallint default 3 not null,
  rental_rate numeric(4,2) default 4.99 not null,
  length smallint,
  replacement_cost numeric(5,2) default 19.99 not null,
  rating mpaa_rating default 'G'::mpaa_rating,
  last_update timestamp with time zone default now() not null,
  special_features text[],
  fulltext tsvector not null,
  constraint film_pkey primary key (film_id),
  constraint film_language_id_fkey foreign key (language_id) references language (language_id) on update cascade on delete restrict,
  constraint film_original_language_id_fkey foreign key (original_language_id) references language (language_id) on update cascade on delete restrict
);
create index film_fulltext_idx on film using gist (fulltext);
create index idx_fk_language_id on film (language_id);
create index idx_fk_original_language_id on film (original_language_id);
create index idx_title on film (title);
comment on table film is 'What can be rented: a title, not a disc.';
comment on column film.rental_rate is 'Price of one rental.';

create table film_actor (
  actor_id integer not null,
  film_id integer not null,
  last_update timestamp with time zone default now() not null,
  constraint film_actor_pkey primary key (actor_id, film_id),
  constraint film_actor_actor_id_fkey foreign key (actor_id) references actor (actor_id) on update cascade on delete restrict,
  constraint film_actor_film_id_fkey foreign key (film_id) references film (film_id) on update cascade on delete restrict
);
create index idx_fk_film_id on film_actor (film_id);

create table film_category (
  film_id integer not null,
  category_id integer not null,
  last_update timestamp with time zone default now() not null,
  constraint film_category_pkey primary key (film_id, category_id),
  constraint film_category_category_id_fkey foreign key (category_id) references category (category_id) on update cascade on delete restrict,
  constraint film_category_film_id_fkey foreign key (film_id) references film (film_id) on update cascade on delete restrict
);

create table store (
  store_id integer default nextval('store_store_id_seq'::regclass) not null,
  manager_staff_id integer not null,
  address_id integer not null,
  last_update timestamp with time zone default now() not null,
  constraint store_pkey primary key (store_id),
  constraint store_address_id_fkey foreign key (address_id) references address (address_id) on update cascade on delete restrict
);
create unique index idx_unq_manager_staff_id on store (manager_staff_id);

create table staff (
  staff_id integer default nextval('staff_staff_id_seq'::regclass) not null,
  first_name text not null,
  last_name text not null,
  address_id integer not null,
  email text,
  store_id integer not null,
  active boolean default true not null,
  username text not null,
  password text,
  last_update timestamp with time zone default now() not null,
  picture bytea,
  constraint staff_pkey primary key (staff_id),
  constraint staff_address_id_fkey foreign key (address_id) references address (address_id) on update cascade on delete restrict,
  constraint staff_store_id_fkey foreign key (store_id) references store (store_id)
);

create table customer (
  customer_id integer default nextval('customer_customer_id_seq'::regclass) not null,
  store_id integer not null,
  first_name text not null,
  last_name text not null,
  email text,
  address_id integer not null,
  activebool boolean default true not null,
  create_date date default current_date not null,
  last_update timestamp with time zone default now(),
  active integer,
  constraint customer_pkey primary key (customer_id),
  constraint customer_address_id_fkey foreign key (address_id) references address (address_id) on update cascade on delete restrict,
  constraint customer_store_id_fkey foreign key (store_id) references store (store_id) on update cascade on delete restrict
);
create index idx_fk_address_id on customer (address_id);
create index idx_fk_store_id on customer (store_id);
create index idx_last_name on customer (last_name);

create table inventory (
  inventory_id integer default nextval('inventory_inventory_id_seq'::regclass) not null,
  film_id integer not null,
  store_id integer not null,
  last_update timestamp with time zone default now() not null,
  constraint inventory_pkey primary key (inventory_id),
  constraint inventory_film_id_fkey foreign key (film_id) references film (film_id) on update cascade on delete restrict,
  constraint inventory_store_id_fkey foreign key (store_id) references store (store_id) on update cascade on delete restrict
);
create index idx_store_id_film_id on inventory (store_id, film_id);

create table rental (
  rental_id integer default nextval('rental_rental_id_seq'::regclass) not null,
  rental_date timestamp with time zone not null,
  inventory_id integer not null,
  customer_id integer not null,
  return_date timestamp with time zone,
  staff_id integer not null,
  last_update timestamp with time zone default now() not null,
  constraint rental_pkey primary key (rental_id),
  constraint rental_customer_id_fkey foreign key (customer_id) references customer (customer_id) on update cascade on delete restrict,
  constraint rental_inventory_id_fkey foreign key (inventory_id) references inventory (inventory_id) on update cascade on delete restrict,
  constraint rental_staff_id_fkey foreign key (staff_id) references staff (staff_id) on update cascade on delete restrict
);
create index idx_fk_inventory_id on rental (inventory_id);
create unique index idx_unq_rental_rental_date_inventory_id_customer_id on rental (rental_date, inventory_id, customer_id);

create table payment (
  payment_id integer default nextval('payment_payment_id_seq'::regclass) not null,
  customer_id integer not null,
  staff_id integer not null,
  rental_id integer not null,
  amount numeric(5,2) not null,
  payment_date timestamp with time zone not null,
  constraint payment_pkey primary key (payment_date, payment_id)
) partition by range (payment_date);
create table payment_p2022_01 partition of payment for values from ('2022-01-01 00:00:00+00') to ('2022-02-01 00:00:00+00');
create table payment_p2022_02 partition of payment for values from ('2022-02-01 00:00:00+00') to ('2022-03-01 00:00:00+00');
create table payment_p2022_03 partition of payment for values from ('2022-03-01 00:00:00+00') to ('2022-04-01 00:00:00+00');
alter table payment_p2022_01 add constraint payment_p2022_01_customer_id_fkey foreign key (customer_id) references customer (customer_id);
alter table payment_p2022_01 add constraint payment_p2022_01_rental_id_fkey foreign key (rental_id) references rental (rental_id);
create index idx_fk_payment_p2022_01_customer_id on payment_p2022_01 (customer_id);

create function inventory_in_stock(p_inventory_id integer) returns boolean stable language sql as $$
  select not exists (select from rental where inventory_id = p_inventory_id and return_date is null)
$$;

create function film_in_stock(p_film_id integer, p_store_id integer, out p_film_count integer) returns setof integer language sql as $$
  select inventory_id from inventory where film_id = $1 and store_id = $2 and inventory_in_stock(inventory_id)
$$;

create function rewards_report(min_monthly_purchases integer) returns setof customer stable language sql as $$
  select c.* from customer c
  where (select count(*) from payment p where p.customer_id = c.customer_id) > min_monthly_purchases
$$;

create view actor_info as
select a.actor_id, a.first_name, a.last_name, group_concat(distinct c.name || ': ' || f.title) as film_info
from actor a
left join film_actor fa on a.actor_id = fa.actor_id
left join film f on f.film_id = fa.film_id
left join film_category fc on f.film_id = fc.film_id
left join category c on fc.category_id = c.category_id
group by a.actor_id, a.first_name, a.last_name;

create view customer_list as
select cu.customer_id as id, cu.first_name || ' ' || cu.last_name as name, a.address, a.postal_code as "zip code", city.city, country.country,
  case when cu.activebool then 'active' else '' end as notes, cu.store_id as sid
from customer cu
join address a on cu.address_id = a.address_id
join city on a.city_id = city.city_id
join country on city.country_id = country.country_id;

create materialized view rental_by_category as
select c.name as category, sum(p.amount) as total_sales
from payment p
join rental r on p.rental_id = r.rental_id
join inventory i on r.inventory_id = i.inventory_id
join film_category fc on i.film_id = fc.film_id
join category c on fc.category_id = c.category_id
group by c.name;
create unique index rental_category on rental_by_category (category);

create trigger film_fulltext_trigger before insert or update on film
  for each row execute function tsvector_update_trigger('fulltext', 'pg_catalog.english', 'title', 'description');
create trigger last_updated before update on actor for each row execute function last_updated();
create trigger last_updated before update on film for each row execute function last_updated();
create trigger last_updated before update on customer for each row execute function last_updated();

insert into country (country) values ('Canada'), ('Austria');
insert into city (city, country_id) values ('Lethbridge', 1), ('Graz', 2);
insert into address (address, district, city_id, phone) values ('47 MySakila Drive', 'Alberta', 1, ''), ('12 Hauptplatz', 'Steiermark', 2, '43316');
insert into language (name) values ('English'), ('Deutsch');
insert into category (name) values ('Action'), ('Documentary');
insert into actor (first_name, last_name) values ('PENELOPE', 'GUINESS'), ('NICK', 'WAHLBERG');
insert into film (title, description, release_year, language_id, length, rating, special_features)
values ('ACADEMY DINOSAUR', 'An epic drama of a feminist and a mad scientist', 2006, 1, 86, 'PG', '{Deleted Scenes,Behind the Scenes}'),
  ('ACE GOLDFINGER', null, null, 2, null, 'NC-17', null);
insert into film_actor (actor_id, film_id) values (1, 1), (2, 1), (2, 2);
insert into film_category (film_id, category_id) values (1, 2), (2, 1);
insert into store (manager_staff_id, address_id) values (1, 1);
insert into staff (first_name, last_name, address_id, store_id, username, picture) values ('Mike', 'Hillyer', 1, 1, 'Mike', '\x89504e47');
alter table store add constraint store_manager_staff_id_fkey foreign key (manager_staff_id) references staff (staff_id) on update cascade on delete restrict;
insert into customer (store_id, first_name, last_name, email, address_id, active) values (1, 'MARY', 'SMITH', 'mary@example.org', 2, 1);
insert into inventory (film_id, store_id) values (1, 1), (2, 1);
insert into rental (rental_date, inventory_id, customer_id, staff_id) values ('2022-01-24 21:53:30+00', 1, 1, 1);
insert into payment (customer_id, staff_id, rental_id, amount, payment_date) values (1, 1, 1, 5.99, '2022-01-25 10:00:00+00'), (1, 1, 1, 0.99, '2022-02-25 10:00:00+00');
refresh materialized view rental_by_category;
