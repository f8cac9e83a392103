-- A schema as other tools leave one: names, collations and limits of its own.
create table countries (
  code char(2) character set latin1 collate latin1_general_cs not null,
  name varchar(80) not null,
  primary key (code),
  unique key uq_country_name (name)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_general_ci comment = 'Where makers sit.';
create table makers (
  maker_no int unsigned not null auto_increment,
  name varchar(40) not null,
  country char(2) character set latin1 collate latin1_general_cs null,
  rating enum('low','mid','high') not null default 'mid',
  tags set('old','rare','fast') null,
  founded year null,
  note text null,
  logo mediumblob null,
  created timestamp not null default current_timestamp,
  changed datetime not null default current_timestamp on update current_timestamp,
  primary key (maker_no),
  unique key uq_maker (name, country),
  key fk_maker_country (country),
  constraint maker_country foreign key (country) references countries (code) on delete set null on update cascade
) engine = InnoDB auto_increment = 1000 default charset = utf8mb4 collate = utf8mb4_general_ci;
create table cars (
  id bigint unsigned not null auto_increment,
  maker int unsigned not null,
  plate varchar(12) not null comment 'As it is printed.',
  doors tinyint unsigned not null default 4,
  price decimal(10,2) unsigned null default 0.00,
  sold tinyint(1) not null default 0,
  weight_kg mediumint unsigned null,
  weight_t decimal(8,3) generated always as (weight_kg / 1000) stored,
  label varchar(60) generated always as (concat(plate, ' ', doors)) virtual,
  extras json null,
  first_use date null,
  seen_at datetime(6) null,
  story mediumtext null,
  primary key (id),
  unique key plate (plate),
  key by_maker_doors (maker, doors),
  key by_story (story(20)),
  fulltext key ft_story (story),
  constraint cars_maker foreign key (maker) references makers (maker_no),
  constraint doors_sane check (doors > 0 and doors < 9),
  constraint colour_known check (plate <> 'it''s')
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_unicode_ci;
create table garages (
  id char(36) character set ascii collate ascii_bin not null primary key,
  name varchar(100) not null,
  motto varchar(255) not null default 'it''s',
  is_open bit(1) not null default b'1',
  opens time null,
  spot point null
) engine = InnoDB default charset = utf8mb4;
create table stays (
  garage_id char(36) character set ascii collate ascii_bin not null,
  car_id bigint unsigned not null,
  began_at datetime(3) not null,
  ended_at datetime(3) null,
  fee double null,
  primary key (garage_id, car_id, began_at),
  key stays_car (car_id),
  constraint stays_garage foreign key (garage_id) references garages (id) on delete cascade,
  constraint stays_car foreign key (car_id) references cars (id) on delete cascade
) engine = InnoDB default charset = utf8mb4;
create table repairs (
  garage_id char(36) character set ascii collate ascii_bin not null,
  car_id bigint unsigned not null,
  began_at datetime(3) not null,
  line smallint not null,
  what varchar(200) not null,
  primary key (garage_id, car_id, began_at, line),
  constraint repairs_stay foreign key (garage_id, car_id, began_at) references stays (garage_id, car_id, began_at)
) engine = InnoDB default charset = utf8mb4;
create table people (
  id int not null auto_increment,
  boss int null,
  `select` varchar(20) null,
  email varchar(190) not null,
  primary key (id),
  unique key `people e-mail` (email),
  key by_boss (boss),
  constraint people_boss foreign key (boss) references people (id)
) engine = InnoDB default charset = utf8mb4;
create table price_log (
  at datetime not null default current_timestamp,
  car_id bigint unsigned not null,
  price decimal(10,2) not null,
  key by_car (car_id, at desc)
) engine = InnoDB default charset = utf8mb4;
create table settings (
  name varchar(64) not null primary key,
  value varchar(255) not null default 'it''s'
) engine = MyISAM default charset = utf8mb4;
create view cheap_cars as select id, plate, price from cars where price < 1000;
create view a_very_cheap as select id from cheap_cars where price < 10;
delimiter $$
create trigger log_price after update on cars for each row
begin
  if not (new.price <=> old.price) then
    insert into price_log (car_id, price) values (new.id, coalesce(new.price, 0));
  end if;
end
$$
create procedure forget(in days int)
begin
  delete from price_log where at < now() - interval days day;
  select 'done; all';
end
$$
delimiter ;
create function doubled(n int) returns int deterministic return n * 2;
create event forget_daily on schedule every 1 day do delete from price_log where at < now() - interval 90 day;
insert into countries values ('at', 'Austria'), ('it', 'Italia');
insert into makers (name, country, rating, tags, founded) values ('Steyr', 'at', 'high', 'old,rare', 1964), ('Puch', 'at', 'mid', null, 1999);
insert into cars (maker, plate, doors, price, weight_kg, extras, story) values
  (1000, 'W-1', 4, 9500.50, 1200, '{"radio": true}', 'Once upon a time'), (1001, 'W-2', 2, null, 700, null, null);
insert into garages (id, name) values ('0199e8a0-0000-7000-8000-000000000001', 'Nord');
insert into stays values ('0199e8a0-0000-7000-8000-000000000001', 1, '2026-01-02 03:04:05.678', null, 1.5);
insert into repairs values ('0199e8a0-0000-7000-8000-000000000001', 1, '2026-01-02 03:04:05.678', 1, 'Oil');
insert into people (boss, email) values (null, 'a@example.org'), (1, 'b@example.org');
insert into settings values ('theme', 'dark');
